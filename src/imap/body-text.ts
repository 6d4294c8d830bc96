import { isUtf8 } from "node:buffer";

/** How the text of a part is written, by its Content-Type. */
export interface TextForm {
  readonly charset: string | undefined;
  /** `format=flowed` (RFC 3676). */
  readonly isFlowed: boolean;
  /** `delsp=yes`. */
  readonly deletesSpaces: boolean;
  /** Whether it is HTML, which may name its charset itself. */
  readonly isHtml: boolean;
}

/** The form that parameters of a Content-Type tell; their names are in lower case. */
export function textFormOf(type: string, parameters: Readonly<Record<string, string>>): TextForm {
  const isPlain = type === "text/plain";
  return {
    charset: parameters["charset"]?.trim() || undefined,
    isFlowed: isPlain && parameters["format"]?.trim().toLowerCase() === "flowed",
    deletesSpaces: parameters["delsp"]?.trim().toLowerCase() === "yes",
    isHtml: type === "text/html",
  };
}

/**
 * The text of a part without its transfer encoding. Never throws: a charset that nobody knows, or that is plainly not the one of the text, is
 * taken for UTF-8 where the bytes are that, and else for Windows-1252.
 *
 * @param isWhole false for a beginning: a character that is cut off at its end is left out.
 */
export function textOf(bytes: Uint8Array, form: TextForm, isWhole: boolean): string {
  const charset = form.charset ?? (form.isHtml ? charsetOfHtml(bytes) : undefined);
  const text = inCharset(bytes, charset, isWhole).replace(/^\uFEFF/, "");
  return form.isFlowed ? unflowed(text, form.deletesSpaces) : text;
}

/** Names that mail programs write and the Encoding Standard does not know. */
const aliases: Readonly<Record<string, string>> = {
  utf: "utf-8",
  "utf-8-bom": "utf-8",
  utf8mb4: "utf-8",
  "iso-8859-1-windows-3.1-latin-1": "windows-1252",
  "iso-8859-1-windows-3.0-latin-1": "windows-1252",
  "ansi_x3.110-1983": "windows-1252",
  cp936: "gbk",
  cp949: "euc-kr",
  ks_c_5601: "euc-kr",
  cp932: "shift_jis",
  "cp-1251": "windows-1251",
  "cp-1252": "windows-1252",
  "cp-1250": "windows-1250",
};
/** What says nothing of the text: 8-bit characters in it are of some other charset. */
const meaningless = new Set([
  "us-ascii",
  "ascii",
  "ansi_x3.4-1968",
  "unknown-8bit",
  "x-unknown",
  "7bit",
  "8bit",
]);

function inCharset(bytes: Uint8Array, charset: string | undefined, isWhole: boolean): string {
  const name = charset?.toLowerCase().replaceAll(/["'\s]/g, "") ?? "";
  const known = meaningless.has(name) ? undefined : decoderOf(name);
  if (known !== undefined && known.encoding !== "utf-8") return known.decode(bytes, { stream: !isWhole });
  const text = new TextDecoder("utf-8").decode(bytes, { stream: !isWhole });
  return isPlainlyUtf8(bytes, text, isWhole) ? text : new TextDecoder("windows-1252").decode(bytes);
}

/** A few bad bytes among good characters of UTF-8 are bad bytes; without any of the latter it is another charset. */
function isPlainlyUtf8(bytes: Uint8Array, text: string, isWhole: boolean): boolean {
  if (isWhole ? isUtf8(bytes) : !text.includes("\uFFFD")) return true;
  return /[\u0080-\uFFFC]/.test(text);
}

function decoderOf(name: string): TextDecoder | undefined {
  for (const label of [aliases[name] ?? name, name.replace(/^x-/, ""), name.replaceAll("_", "-")]) {
    try {
      return new TextDecoder(label);
    } catch {
      // The next spelling.
    }
  }
  return undefined;
}

function charsetOfHtml(bytes: Uint8Array): string | undefined {
  const beginning = Buffer.from(bytes.subarray(0, 2_048)).toString("latin1");
  return /<meta[^>]{0,200}?charset\s*=\s*["']?\s*([^\s"'/>]{1,40})/i.exec(beginning)?.[1];
}

/** Joins the lines of a paragraph again (RFC 3676, 4). */
function unflowed(text: string, deletesSpaces: boolean): string {
  const lines: string[] = [];
  let open: { readonly depth: number; text: string } | undefined;
  for (const line of text.split(/\r?\n/)) {
    const depth = /^>*/.exec(line)?.[0].length ?? 0;
    const content = line.slice(depth).replace(/^ /, "");
    const isSignature = content === "-- ";
    if (open !== undefined && (open.depth !== depth || isSignature)) {
      lines.push(open.text);
      open = undefined;
    }
    const before: string = open?.text ?? (depth === 0 ? "" : `${">".repeat(depth)} `);
    const isFlowed = content.endsWith(" ") && !isSignature;
    const joined = before + (isFlowed && deletesSpaces ? content.slice(0, -1) : content);
    if (isFlowed) open = { depth, text: joined };
    else {
      lines.push(joined);
      open = undefined;
    }
  }
  if (open !== undefined) lines.push(open.text);
  return lines.join("\r\n");
}
