/** Regions of arrangements of hyperplanes: what the layers above may use. */
export { type Arrangement, type Hyperplane, layerArrangement, makeArrangement } from "./arrangement.ts";
export {
  type ArrangementCounts,
  arrangementCounts,
  genericRegionCounts,
  type RegionCounts,
} from "./count.ts";
export {
  middleOf,
  type SheetLine,
  type SheetPoint,
  sheetLines,
  sheetPolygons,
  sheetSquare,
  shrunkSheet,
} from "./drawing.ts";
export { type FirstLayer, firstLayer } from "./first-layer.ts";
export { drawnLines, randomHyperplanes } from "./generate.ts";
export { findRegions } from "./labels.ts";
export { type LineCounts, lineCounts, type SpecialCost } from "./lines.ts";
export { fits as fitsPattern, mergedPatterns, type RegionPattern } from "./merge.ts";
export { type RegionNetwork, type RegionNetworkOptions, regionNetwork, wrongRegions } from "./network.ts";
export { regionNetworkOnnx } from "./onnx.ts";
export { readHyperplanes } from "./read.ts";
export { defaultRegionLimit, type Region, regionsOf } from "./regions.ts";
export { type Sheet, sheetOf } from "./sheet.ts";
export { type SpecialPosition, specialPositions } from "./special.ts";
export { exactNumber, hyperplaneText } from "./words.ts";
