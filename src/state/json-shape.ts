/** A JSON object of unknown shape. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** `value` as an object, or undefined when it is something else. */
export function jsonObject(value: unknown): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

/** Every element of an array as `parse` reads it; undefined when it is no array, or one element is not readable. */
export function jsonArray<T>(
  value: unknown,
  parse: (element: unknown) => T | undefined,
): readonly T[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const elements: T[] = [];
  for (const element of value) {
    const parsed = parse(element);
    if (parsed === undefined) return undefined;
    elements.push(parsed);
  }
  return elements;
}

/** The elements of an array that `parse` can read, without the others; undefined when it is no array. */
export function readableElements<T>(
  value: unknown,
  parse: (element: unknown) => T | undefined,
): readonly T[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.map(parse).filter((parsed) => parsed !== undefined);
}

/** `value` as a whole number of `minimum` or more, or undefined. */
export function jsonInteger(value: unknown, minimum: number): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= minimum ? value : undefined;
}

/** `value` as a number, or undefined. */
export function jsonNumber(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** `value` as text, or undefined. */
export function jsonText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
