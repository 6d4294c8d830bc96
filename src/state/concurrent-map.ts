/**
 * Maps values with at most `limit` calls under way at a time; results keep the order of the values. After a rejection no further call is
 * begun, those under way are waited for, and the first rejection is thrown.
 */
export async function concurrentMap<T, R>(
  values: readonly T[],
  limit: number,
  map: (value: T) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(values.length);
  const failures: unknown[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < values.length && failures.length === 0) {
      const index = next;
      next += 1;
      try {
        results[index] = await map(values[index] as T);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, values.length) }, worker));
  if (failures.length > 0) throw failures[0];
  return results;
}
