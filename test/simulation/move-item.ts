import { child, childText, element, Move, textElement } from "../../src/wbxml/index.js";
import { carry, type Fate, type Sender } from "./carrier.js";
import { isDown } from "./outage.js";
import type { PhoneFolder } from "./phone-folder.js";
import type { PhoneWorld } from "./phone-world.js";
import { must } from "./violation.js";

/**
 * The user moves a mail to another folder. The phone takes it out of the one when it hears that it is moved, and gets it in the other by a Sync.
 *
 * @returns whether the phone heard the answer.
 */
export async function moveItem(
  sender: Sender,
  from: PhoneFolder,
  to: PhoneFolder,
  id: string,
  fate: Fate,
  world: PhoneWorld,
): Promise<boolean> {
  const { user, deviceId } = sender;
  const document = element(Move.MoveItems, [
    element(Move.Move, [
      textElement(Move.SrcMsgId, id),
      textElement(Move.SrcFldId, from.id),
      textElement(Move.DstFldId, to.id),
    ]),
  ]);
  from.movedAway.add(id);
  to.hasArrival = true;
  world.ledger.doomed(user, from.id, id);
  const heard = await carry(world.server(), sender, "MoveItems", document, fate).heard;
  if (heard.kind === "lost" || isDown(heard, undefined, world)) return false;
  const response = child(heard.document, Move.Response);
  const status = childText(response, Move.Status);
  const what = `${deviceId}: the move of ${id} from ${from.id} to ${to.id}`;
  const isThere = world.mailboxHas(user, from.id, id);
  if (status === "3") {
    must(!isThere, () => `${what} got Status 3, and it is where it was`);
    world.ledger.removed(user, from.id, id);
    world.ledger.stored(user, to.id, childText(response, Move.DstMsgId) ?? "");
    from.items.delete(id);
    from.movedAway.delete(id);
    to.moreAvailable = true;
    return true;
  }
  if (status === "1") must(!isThere, () => `${what} got Status 1, and it is there`);
  else if (status === "2")
    must(!world.hasFolder(user, to.id), () => `${what} got Status 2, and the folder is there`);
  else must(status === "7", () => `${what} got Status ${status}`);
  return true;
}
