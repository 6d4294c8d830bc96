import type { ItemBody } from "../mailbox/items/body.js";
import { previewOf } from "../mailbox/items/preview.js";
import { isAtLeast } from "../protocol/version.js";
import {
  AirSyncBase,
  child,
  childInteger,
  childText,
  element,
  optionalText,
  textElement,
  type WbxmlElement,
} from "../wbxml/index.js";
import { type ChosenBody, chooseBody, chooseBodyPart } from "./body-choice.js";
import { type Codec, isEmpty, wireSize, wireText } from "./codec.js";
import { malformed, type ReadContext, type WriteContext } from "./context.js";
import type { FieldOptions } from "./field.js";

const typeNumber = { plain: 1, html: 2, rtf: 3, mime: 4 } as const;
/** Status of a BodyPart; the other is 176, for one that is too long ([MS-ASAIRS] 2.2.2.37). */
const partIsThere = 1;

/** A Body element as the view asks for it ([MS-ASAIRS] 2.2.2.9); none when the view wants none. */
export const itemBody: Codec<ItemBody> = {
  write: (tag, body, context) => writeBody(tag, body, false, context),
  read: (bodyElement, context) => {
    if (isEmpty(bodyElement)) return undefined;
    const type = childInteger(bodyElement, AirSyncBase.Type);
    const data = childText(bodyElement, AirSyncBase.Data);
    if (data === undefined || data === "") return undefined;
    const number = type?.kind === "integer" ? type.value : 0;
    return bodyOf(number, data) ?? malformed(bodyElement, context, "of a Type that can be stored");
  },
};

/** A Change keeps the body that it omits, and the one whose Data it omits ([MS-ASCMD] 2.2.3.24). */
export const keptBody: FieldOptions<never> = {
  omitted: "keeps",
  keptBy: (bodyElement) => !isEmpty(bodyElement) && child(bodyElement, AirSyncBase.Data) === undefined,
};

/** The Body of a mail; `smime` tells whether it is an S/MIME message. */
export function writeEmailBody(
  body: ItemBody,
  smime: boolean,
  context: WriteContext,
): ReturnType<typeof writeBody> {
  const { mimeSupport } = context.view;
  return writeBody(AirSyncBase.Body, body, mimeSupport === 2 || (mimeSupport === 1 && smime), context);
}

/** The message part of a mail, for devices that ask for it ([MS-ASAIRS] 2.2.2.10); its children in the order of the schema. */
export function writeBodyPart(body: ItemBody | undefined, context: WriteContext): WbxmlElement | undefined {
  const { view, version } = context;
  if (view.bodyPart === undefined || !view.withBody || !isAtLeast(version, "14.1")) return undefined;
  const whole = body ?? { native: "html" };
  const chosen = chooseBodyPart(whole, view.bodyPart);
  const data = wireText(chosen.data);
  const preview = chosen.previewCharacters === 0 ? "" : wireText(previewOf(whole, chosen.previewCharacters));
  return element(AirSyncBase.BodyPart, [
    textElement(AirSyncBase.Status, partIsThere),
    textElement(AirSyncBase.Type, typeNumber[chosen.type]),
    textElement(AirSyncBase.EstimatedDataSize, wireSize(chosen.sizeBytes)),
    chosen.truncated ? textElement(AirSyncBase.Truncated, true) : undefined,
    data === "" ? undefined : textElement(AirSyncBase.Data, data),
    preview === "" ? undefined : textElement(AirSyncBase.Preview, preview),
  ]);
}

/** How the body is stored ([MS-ASAIRS] 2.2.2.32), when a body is sent at all. */
export const nativeBodyType: Codec<ItemBody> = {
  write: (tag, body, context) =>
    context.view.withBody ? textElement(tag, typeNumber[body.native]) : undefined,
  read: () => undefined,
};

function writeBody(
  tag: number,
  body: ItemBody,
  mimeWanted: boolean,
  context: WriteContext,
): ReturnType<typeof element> | undefined {
  if (!context.view.withBody) return undefined;
  const chosen = chooseBody(body, context.view.bodies, mimeWanted);
  if (chosen === undefined) return undefined;
  const data = wireText(chosen.data);
  return element(tag, [
    textElement(AirSyncBase.Type, typeNumber[chosen.type]),
    textElement(AirSyncBase.EstimatedDataSize, wireSize(chosen.sizeBytes)),
    chosen.truncated ? textElement(AirSyncBase.Truncated, true) : undefined,
    data === "" ? undefined : textElement(AirSyncBase.Data, data),
    optionalText(AirSyncBase.Preview, writtenPreview(body, chosen, context)),
  ]);
}

/** A preview is for bodies whose beginning cannot be read off their data ([MS-ASAIRS] 2.2.2.35). */
function writtenPreview(body: ItemBody, chosen: ChosenBody, context: WriteContext): string | undefined {
  if (chosen.previewCharacters === 0 || !isAtLeast(context.version, "14.0")) return undefined;
  if (chosen.type === "plain" && chosen.data !== "") return undefined;
  const preview = wireText(previewOf(body, chosen.previewCharacters));
  return preview === "" ? undefined : preview;
}

function bodyOf(type: number, data: string): ItemBody | undefined {
  if (type === 1) return { native: "plain", plain: { data } };
  if (type === 2) return { native: "html", html: { data } };
  if (type === 3) return { native: "rtf", rtf: { data } };
  return undefined;
}

/** Notes a Body that an appointment of version 16.0 or newer cannot have ([MS-ASAIRS] 2.2.2.41.1). */
export function checkCalendarBody(body: ItemBody | null | undefined, context: ReadContext): void {
  if (body?.native === "rtf" && isAtLeast(context.version, "16.0")) context.problems.push("the body is RTF");
}
