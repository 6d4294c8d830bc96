/** What is used of the package `ical.js`. Its own types do not compile where library types are checked, which a user may do. */
export interface Ical {
  readonly Component: new (jCal: unknown) => Component;
  parse(text: string): unknown;
}

/** A VCALENDAR, VEVENT or the like. */
export interface Component {
  readonly name: string;
  getFirstSubcomponent(name: string): Component | null;
  getAllSubcomponents(name?: string): Component[];
  getFirstProperty(name: string): Property | null;
  getAllProperties(name?: string): Property[];
  getFirstPropertyValue(name: string): unknown;
}

/** A line of a component. */
export interface Property {
  readonly name: string;
  readonly type: string;
  getParameter(name: string): unknown;
  getFirstValue(): unknown;
  getValues(): unknown[];
}

// Not a literal, or the compiler would read the package's types.
const packageName: string = "ical.js";

/** The parser; undefined where the package is not installed: it is an optional peer, and mail without invitations needs none. */
export async function loadIcal(): Promise<Ical | undefined> {
  try {
    const { default: ical }: { readonly default: Ical } = await import(packageName);
    return ical;
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
