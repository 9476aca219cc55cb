/** The pictures layer: results as SVG and PNG, pure functions. */
export { type Application, applicationsPicture, fiveApplications } from "./applications.ts";
export { boxesPicture, type StateBox, type StateBoxes, type StatePoint } from "./boxes.ts";
export {
  type CircuitFrame,
  type CircuitOptions,
  type CircuitPictureOptions,
  type CircuitValues,
  circuitFilm,
  circuitPicture,
} from "./circuit.ts";
export { type CircuitPart, connectionPart } from "./circuit-parts.ts";
export { type ColourMap, diverging, divergingOnDark, type Rgb, sequential, sequentialOnDark } from "./colours.ts";
export {
  type CurveAxis,
  type CurveMark,
  type CurveRun,
  type CurveSeries,
  type Curves,
  curvesPicture,
} from "./curves.ts";
export {
  jacobianMapPicture,
  type LagSeries,
  lagsPicture,
  type MapWords,
  saturationPicture,
  stateGradientsPicture,
} from "./gradients.ts";
export { type HeatMap, type HeatMapAxis, heatMap } from "./heat-map.ts";
export { type ImageSheet, imageSheet, type SheetImage } from "./image-sheet.ts";
export { intervalsPicture } from "./intervals.ts";
export { machineDiagram } from "./machine-diagram.ts";
export { type MapsImage, mapsImage, mapsPng, mapsSvg } from "./maps.ts";
export type { Box, Direction, MapsOptions, MapsTile, MapsTrace } from "./maps-layout.ts";
export { mapsTraceOf } from "./maps-trace.ts";
export { type RateBar, type RateBars, ratesPicture } from "./rates.ts";
export { type RegionGrowth, regionGrowthPicture } from "./region-growth.ts";
export { type RegionsFrame, type RegionsOptions, regionsFrame, regionsPicture } from "./regions.ts";
export { type StateArrow, type StateDiagram, stateDiagram } from "./state-diagram.ts";
export { type Trace, type TraceRow, tracePicture } from "./trace.ts";
export { type UnfoldedPictureOptions, unfoldedPicture } from "./unfolded.ts";
