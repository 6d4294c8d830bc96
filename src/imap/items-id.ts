/** Which message of a folder an item is. */
export interface MessageId {
  readonly uidValidity: bigint;
  readonly uid: number;
}

const maxUint32 = 0xffff_ffff;

/**
 * The id of an item. UIDs are never used again under one UIDVALIDITY, which changes when the server could not keep that promise (RFC 9051,
 * 2.3.1.1): together they name a message for good. At most 16 characters; begins with a letter, since some devices take digits for numbers.
 */
export function itemIdOf({ uidValidity, uid }: MessageId): string {
  return `m${uidValidity.toString(36)}-${uid.toString(36)}`;
}

/** What {@link itemIdOf} was given; undefined for any other text, which a device may send. */
export function readItemId(id: string): MessageId | undefined {
  const [, validity, uid] = /^m([0-9a-z]{1,7})-([0-9a-z]{1,7})$/.exec(id) ?? [];
  if (validity === undefined || uid === undefined) return undefined;
  const read = { uidValidity: Number.parseInt(validity, 36), uid: Number.parseInt(uid, 36) };
  if (read.uidValidity > maxUint32 || read.uid > maxUint32 || read.uid < 1) return undefined;
  const named = { uidValidity: BigInt(read.uidValidity), uid: read.uid };
  return itemIdOf(named) === id ? named : undefined;
}
