/**
 * Colour maps that are perceptually uniform: straight lines in Oklab, where equal distances look equally different.
 *
 * Source: B. Ottosson, "A perceptual color space for image processing", 2020 (the matrices below).
 */

/** Red, green and blue, from 0 to 255 each. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** The colour of a value that lies at a share, from 0 to 1, of its range. */
export type ColourMap = (share: number) => Rgb;

/** Lightness from 0 to 1; a: green to red; b: blue to yellow. */
type Oklab = readonly [lightness: number, a: number, b: number];

const white: Oklab = [0.99, 0, 0];
const orange = polar(0.5, 0.13, 48);
const blue = polar(0.5, 0.16, 258);
const violet = polar(0.32, 0.17, 292);

/** For values of both signs: dark orange (0), white (½), dark blue (1). Both ends are equally light; told apart without red and green. */
export const diverging: ColourMap = (share) =>
  share < 0.5 ? between(white, orange, 1 - 2 * share) : between(white, blue, 2 * share - 1);

/** For values of one sign: white (0) to dark violet (1). */
export const sequential: ColourMap = (share) => between(white, violet, share);

const black: Oklab = [0.18, -0.005, -0.015];
const brightOrange = polar(0.8, 0.14, 65);
const brightBlue = polar(0.8, 0.11, 245);
const brightViolet = polar(0.82, 0.11, 300);

/** `diverging` for dark pages: bright orange (0), nearly black (½), bright blue (1). */
export const divergingOnDark: ColourMap = (share) =>
  share < 0.5 ? between(black, brightOrange, 1 - 2 * share) : between(black, brightBlue, 2 * share - 1);

/** `sequential` for dark pages: nearly black (0) to bright violet (1). */
export const sequentialOnDark: ColourMap = (share) => between(black, brightViolet, share);

/** A colour by its lightness, chroma and hue in degrees. */
function polar(lightness: number, chroma: number, hue: number): Oklab {
  const angle = (hue * Math.PI) / 180;
  return [lightness, chroma * Math.cos(angle), chroma * Math.sin(angle)];
}

function between(from: Oklab, to: Oklab, share: number): Rgb {
  const at = (k: 0 | 1 | 2) => from[k] + (to[k] - from[k]) * share;
  return fromOklab([at(0), at(1), at(2)]);
}

/** The nearest colour that a screen (sRGB) shows. */
function fromOklab([lightness, a, b]: Oklab): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    encoded(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    encoded(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    encoded(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** sRGB's transfer function: from linear light, 0 to 1, to 0 … 255. */
function encoded(light: number): number {
  const value = light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055;
  return Math.round(255 * Math.min(1, Math.max(0, value)));
}
