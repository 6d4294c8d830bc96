/** Entries that a bucket of known items holds on average: few enough to write one for a single change, enough to keep the keys few. */
export const bucketTargetEntries = 8;

/** A 32-bit hash whose low bits depend on every character. */
function hashOfId(id: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at += 1) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Which of `buckets` (at least 1) holds an id: linear hashing, so that one more bucket moves entries of one bucket alone. */
export function bucketOfId(id: string, buckets: number): number {
  const hash = hashOfId(id);
  const half = lowerPowerOfTwo(buckets);
  const wide = hash % (half * 2);
  return wide < buckets ? wide : hash % half;
}

/** The bucket whose entries are divided when bucket number `buckets` is added. */
export function bucketToSplit(buckets: number): number {
  return buckets - lowerPowerOfTwo(buckets);
}

/** The greatest power of two that is not above `count`. */
function lowerPowerOfTwo(count: number): number {
  return 2 ** (31 - Math.clz32(count));
}
