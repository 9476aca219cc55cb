/** ONNX Runtime on random graphs. */
import { testRandomGraphs } from "../random-graphs.test-helper.ts";
import { onnxNodeRuntime } from "./node.ts";

testRandomGraphs(await onnxNodeRuntime(), [100, 80, 80]);
