const namedEntities: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  shy: "",
  ensp: " ",
  emsp: " ",
  thinsp: " ",
  zwnj: "",
  zwj: "",
  hellip: "…",
  mdash: "—",
  ndash: "–",
  lsquo: "‘",
  rsquo: "’",
  sbquo: "‚",
  ldquo: "“",
  rdquo: "”",
  bdquo: "„",
  laquo: "«",
  raquo: "»",
  lsaquo: "‹",
  rsaquo: "›",
  bull: "•",
  middot: "·",
  euro: "€",
  pound: "£",
  yen: "¥",
  cent: "¢",
  sect: "§",
  para: "¶",
  copy: "©",
  reg: "®",
  trade: "™",
  deg: "°",
  plusmn: "±",
  times: "×",
  divide: "÷",
  frac12: "½",
  frac14: "¼",
  larr: "←",
  rarr: "→",
  iexcl: "¡",
  iquest: "¿",
  szlig: "ß",
  AElig: "Æ",
  aelig: "æ",
  Oslash: "Ø",
  oslash: "ø",
  Aring: "Å",
  aring: "å",
  OElig: "Œ",
  oelig: "œ",
};
const accents: Readonly<Record<string, string>> = {
  grave: "\u0300",
  acute: "\u0301",
  circ: "\u0302",
  tilde: "\u0303",
  uml: "\u0308",
  cedil: "\u0327",
};
const entityForm = /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z]{1,8}\d{0,2}));?/g;
const accentForm = /^([A-Za-z])(grave|acute|circ|tilde|uml|cedil)$/;

/** HTML text with its character references decoded: numbers, accented letters and the names that mails use; others stay. */
export function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replaceAll(entityForm, (whole: string, decimal?: string, hex?: string, name?: string) => {
    if (decimal !== undefined) return characterOf(Number.parseInt(decimal, 10)) ?? whole;
    if (hex !== undefined) return characterOf(Number.parseInt(hex, 16)) ?? whole;
    const accented = accentForm.exec(name ?? "");
    const base = accented?.[1];
    const mark = accents[accented?.[2] ?? ""];
    if (base !== undefined && mark !== undefined) return (base + mark).normalize("NFC");
    return Object.hasOwn(namedEntities, name ?? "") ? (namedEntities[name ?? ""] ?? whole) : whole;
  });
}

function characterOf(code: number): string | undefined {
  if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined;
  return code === 0xa0 ? " " : String.fromCodePoint(code);
}
