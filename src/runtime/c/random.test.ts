/** Compiled C on random graphs: fewer, as each is compiled. */
import { testRandomGraphs } from "../random-graphs.test-helper.ts";
import { cRuntime } from "./node.ts";

testRandomGraphs(await cRuntime(), [40, 25, 25]);
