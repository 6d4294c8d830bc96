import type ICAL from "ical.js";

/** The parser, once it is loaded. */
export type Ical = typeof ICAL;
/** A VCALENDAR, VEVENT or the like. */
export type Component = InstanceType<Ical["Component"]>;
/** A line of a component. */
export type Property = InstanceType<Ical["Property"]>;

/** The parser; undefined where the package is not installed: it is an optional peer, and mail without invitations needs none. */
export async function loadIcal(): Promise<Ical | undefined> {
  try {
    return (await import("ical.js")).default;
  } catch {
    return undefined;
  }
}

/** A property's first value as text; undefined when it is missing or empty. */
export function propertyText(component: Component, name: string): string | undefined {
  const value: unknown = component.getFirstPropertyValue(name);
  const text = typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
  return text === "" ? undefined : text;
}

/** A parameter's first value. */
export function parameter(property: Property, name: string): string | undefined {
  const value: unknown = property.getParameter(name);
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === "string" && first !== "" ? first : undefined;
}
