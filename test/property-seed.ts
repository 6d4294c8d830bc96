import fc from "fast-check";

/**
 * Property tests take the same examples in every run, so that a change is judged by what it changes. `PROPERTY_SEED=random` (or a
 * number) looks further; a failure prints the seed that it came from.
 */
const asked = process.env["PROPERTY_SEED"] ?? "20261122";

if (asked !== "random") {
  const seed = Number(asked);
  if (!Number.isInteger(seed))
    throw new Error(`PROPERTY_SEED must be a whole number or "random", is "${asked}"`);
  fc.configureGlobal({ seed });
}
