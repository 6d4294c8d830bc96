/** A piece of HTML that is safe to put into a page: made by {@link html} alone. */
export class Html {
  readonly text: string;

  /** @param text HTML, not plain text. */
  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a template: text is escaped, HTML goes in as it is, lists piece by piece; undefined and false are nothing. */
export type HtmlValue = string | number | Html | undefined | false | readonly HtmlValue[];

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** HTML from a template; everything that is put into it is escaped, for text and for quoted attributes. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(
    parts.map((part, index) => (index === 0 ? part : textOf(values[index - 1]) + part)).join(""),
  );
}

function textOf(value: HtmlValue): string {
  if (value === undefined || value === false) return "";
  if (value instanceof Html) return value.text;
  if (typeof value === "object") return value.map(textOf).join("");
  return String(value).replace(/[&<>"']/g, (character) => entities[character] as string);
}
