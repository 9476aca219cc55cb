/** Files that a visitor takes away: pictures and data of a figure. */

export function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export function saveJson(name: string, data: unknown): void {
  saveFile(`${name}.json`, new Blob([`${JSON.stringify(data, plain, 2)}\n`], { type: "application/json" }));
}

/** Typed arrays as lists, whole numbers of any size as text. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  return ArrayBuffer.isView(value) && !(value instanceof DataView) ? Array.from(value as Float32Array) : value;
}

/** What the page's style sheets may say of parts of a picture. */
const styled = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "opacity"];
const styledText = ["font-family", "font-size", "font-weight", "text-anchor", "dominant-baseline"];

/** An SVG element as a document of its own: with its size, and styled as it is in the page now. */
export function svgText(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  // The library's documents bring their style with them.
  if (!svg.querySelector("style")) copyStyle(svg, copy);
  const { width, height } = sizeOf(svg);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  return new XMLSerializer().serializeToString(copy);
}

function copyStyle(from: Element, to: Element): void {
  const style = getComputedStyle(from);
  for (const name of from instanceof SVGTextContentElement ? [...styled, ...styledText] : styled) {
    to.setAttribute(name, style.getPropertyValue(name));
  }
  Array.from(from.children).forEach((child, k) => {
    copyStyle(child, to.children[k]!);
  });
}

function sizeOf(svg: SVGSVGElement): { width: number; height: number } {
  const { width, height } = svg.viewBox.baseVal ?? { width: 0, height: 0 };
  return width > 0 ? { width, height } : svg.getBoundingClientRect();
}

/** An SVG element or a canvas as PNG: of SVG two pixels a unit, so that it stays sharp. */
export async function pngOf(picture: SVGSVGElement | HTMLCanvasElement): Promise<Blob> {
  const canvas = picture instanceof HTMLCanvasElement ? picture : await drawn(picture);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture is too large for a PNG")))),
  );
}

async function drawn(svg: SVGSVGElement): Promise<HTMLCanvasElement> {
  const { width, height } = sizeOf(svg);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgText(svg))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(2 * width);
  canvas.height = Math.round(2 * height);
  canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}
