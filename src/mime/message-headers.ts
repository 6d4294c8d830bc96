import type { Email } from "postal-mime";
import type { Importance } from "../mailbox/items/values.js";

type Headers = Pick<Email, "headers">;

/** The first header of a name; names are matched without regard to case. */
export function header(message: Headers, name: string): string | undefined {
  return message.headers.find(({ key }) => key === name)?.value;
}

/** Importance, or else the older headers that say the same. */
export function importanceOf(message: Headers): Importance {
  const words = ["importance", "x-priority", "x-msmail-priority", "priority"]
    .map((name) => header(message, name)?.trim().toLowerCase())
    .find((value) => value !== undefined && value !== "");
  if (words === undefined) return "normal";
  if (/^(?:high|urgent|[12](?!\d))/.test(words)) return "high";
  return /^(?:low|non-urgent|[45](?!\d))/.test(words) ? "low" : "normal";
}

/** When the message was received: by its newest Received header, else its Date; undefined when neither can be read. */
export function receivedMsOf(message: Headers): number | undefined {
  const received = header(message, "received");
  const trace = received?.slice(received.lastIndexOf(";") + 1);
  return instantOf(trace) ?? instantOf(header(message, "date"));
}

function instantOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  // Comments such as "(CEST)" are no part of the date.
  const instant = Date.parse(text.replaceAll(/\([^()]*\)/g, " ").trim());
  return Number.isNaN(instant) ? undefined : instant;
}

const replyMarks = /^\s*(?:(?:re|aw|fwd?|wg|sv|vs|vb|antw|tr|rv|odp|ynt|ref)(?:\[\d{1,3}\])?\s*:\s*)+/i;

/** A subject without the marks of replies and forwards. */
export function threadTopicOf(subject: string): string {
  return subject.replace(replyMarks, "").trim();
}

const codePages: Readonly<Record<string, number>> = {
  "us-ascii": 20127,
  "iso-8859-1": 28591,
  "iso-8859-2": 28592,
  "iso-8859-5": 28595,
  "iso-8859-7": 28597,
  "iso-8859-8": 28598,
  "iso-8859-9": 28599,
  "iso-8859-15": 28605,
  "windows-1250": 1250,
  "windows-1251": 1251,
  "windows-1252": 1252,
  "windows-1253": 1253,
  "windows-1254": 1254,
  "windows-1255": 1255,
  "windows-1256": 1256,
  "windows-1257": 1257,
  "windows-1258": 1258,
  "koi8-r": 20866,
  "koi8-u": 21866,
  shift_jis: 932,
  "iso-2022-jp": 50220,
  "euc-jp": 51932,
  gb2312: 936,
  gbk: 936,
  gb18030: 54936,
  big5: 950,
  "euc-kr": 949,
};

/** The Windows code page of a message's own Content-Type; 65001, UTF-8, when it names none that is known. */
export function codePageOf(message: Headers): number {
  const charset = parameterOf(header(message, "content-type") ?? "", "charset")?.toLowerCase() ?? "";
  return Object.hasOwn(codePages, charset) ? (codePages[charset] ?? 65_001) : 65_001;
}

/** A parameter of a Content-Type; undefined when it is not there. */
export function parameterOf(contentType: string, name: string): string | undefined {
  const found = new RegExp(`;\\s*${name}\\s*=\\s*(?:"([^"]*)"|([^;\\s]+))`, "i").exec(contentType);
  return found?.[1] ?? found?.[2];
}
