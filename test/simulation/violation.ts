/** What must never happen, happened. */
class Violation extends Error {
  constructor(message: string) {
    super(message);
    this.name = "Violation";
  }
}

/** Throws a {@link Violation} unless the condition holds. */
export function must(condition: boolean, message: () => string): asserts condition {
  if (!condition) throw new Violation(message());
}
