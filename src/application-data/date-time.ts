import * as wbxml from "../wbxml/index.js";
import { type Codec, nonEmpty } from "./codec.js";
import { malformed } from "./context.js";

const lastMs = Date.UTC(9999, 11, 31, 23, 59, 59);
const firstMs = Date.UTC(1601, 0, 1);
const dateForm =
  /^(\d{4})-?(\d{2})-?(\d{2})(?:T(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,7}))?)?(?:Z|[+-]00:?00)?)?$/i;

/** The instant of a dateTime or Compact DateTime ([MS-ASDTYPE] 2.3, 2.7.2), or undefined. Both forms are UTC. */
export function instantOf(text: string): number | undefined {
  const parts = dateForm.exec(text.trim());
  if (parts === null) return undefined;
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "0"] = parts;
  const ms = Math.trunc(Number(`0.${fraction}`) * 1000);
  const fields = [Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)] as const;
  const instant = new Date(0);
  instant.setUTCFullYear(Number(year), fields[0], fields[1]);
  instant.setUTCHours(fields[2], fields[3], fields[4], ms);
  // A date that does not exist, such as 30 February, would roll over silently.
  const exists =
    instant.getUTCMonth() === fields[0] &&
    instant.getUTCDate() === fields[1] &&
    fields[2] < 24 &&
    fields[3] < 60;
  return exists ? instant.getTime() : undefined;
}

/** `2010-04-08T18:16:00.000Z`; undefined for what is no instant of the years 1601 to 9999. */
export function dateTimeText(instantMs: number): string | undefined {
  return instantMs >= firstMs && instantMs <= lastMs ? new Date(instantMs).toISOString() : undefined;
}

/** `20100408T181600Z`, whole seconds; undefined for what is no instant of the years 1601 to 9999. */
export function compactDateTimeText(instantMs: number): string | undefined {
  const text = dateTimeText(instantMs);
  return text === undefined ? undefined : `${text.slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
}

/** An instant in milliseconds since the epoch, with separators. */
export const dateTime: Codec<number> = instantCodec(dateTimeText);

/** An instant in milliseconds since the epoch, without separators or milliseconds. */
export const compactDateTime: Codec<number> = instantCodec(compactDateTimeText);

/**
 * A date, `YYYY-MM-DD`. The time is ignored when read and one minute to noon when written, so that the day stays the same in
 * nearly every time zone.
 */
export const dateOnly: Codec<string> = nonEmpty({
  write: (tag, value) =>
    instantOf(value) === undefined
      ? undefined
      : wbxml.textElement(tag, `${value.slice(0, 10)}T11:59:00.000Z`),
  read: (element, context) => {
    const instant = instantOf(wbxml.text(element) ?? "");
    if (instant === undefined) return malformed(element, context, "a date");
    return new Date(instant).toISOString().slice(0, 10);
  },
});

function instantCodec(print: (instantMs: number) => string | undefined): Codec<number> {
  return nonEmpty({
    write: (tag, value) => wbxml.optionalText(tag, print(value)),
    read: (element, context) =>
      instantOf(wbxml.text(element) ?? "") ?? malformed(element, context, "a date and time"),
  });
}
