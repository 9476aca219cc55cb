/** What tests read from SVG documents. */

/** The attributes of all elements of a name, and the text they start with. */
export function elements(svg: string, name: string): { at: Record<string, string>; text: string }[] {
  return [...svg.matchAll(new RegExp(`<${name}\\b([^>]*?)(?:/>|>([^<]*))`, "g"))].map(([, attributes, text]) => ({
    at: Object.fromEntries([...attributes!.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key, value]) => [key, value!])),
    text: text ?? "",
  }));
}

/** What keeps a document from being well-formed XML (of the kind the pictures use), or undefined. */
export function flaw(xml: string): string | undefined {
  const open: string[] = [];
  let rest = xml.trim();
  while (rest !== "") {
    const text = /^(?:[^<&]|&(?:amp|lt|gt|quot);)+/.exec(rest)?.[0];
    const tag = /^<(\/?)([a-z]+)((?: [a-zA-Z-]+="(?:[^<&"]|&(?:amp|lt|gt|quot);)*")*)(\/?)>/.exec(rest);
    if (text === undefined && !tag) return `can't read ${rest.slice(0, 40)}`;
    if (tag) {
      const [, closes, name, attributes, isEmpty] = tag;
      const names = [...attributes!.matchAll(/ ([a-zA-Z-]+)=/g)].map((found) => found[1]);
      if (new Set(names).size < names.length) return `an attribute twice in ${tag[0]}`;
      if (closes && open.pop() !== name) return `${tag[0]} closes another element`;
      if (!closes && !isEmpty) open.push(name!);
    }
    rest = rest.slice((tag?.[0] ?? text)!.length);
    if (open.length === 0 && rest !== "") return `${rest.slice(0, 40)} after the root`;
  }
  return open.length > 0 ? `${open.at(-1)} isn't closed` : undefined;
}
