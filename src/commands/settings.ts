import { CommonStatus } from "../protocol/status.js";
import { isAtLeast } from "../protocol/version.js";
import { updateDeviceRecord } from "../state/device-record.js";
import { Settings } from "../wbxml/code-pages/settings.js";
import type { Tag, WbxmlElement } from "../wbxml/element.js";
import { child, childElements } from "../wbxml/reading.js";
import { element, optionalElement, optionalText, textElement } from "../wbxml/writing.js";
import type { Command, CommandContext, CommandOutcome } from "./command.js";
import { decodeDeviceInformation } from "./device-information.js";
import { asksForLater } from "./later-elements.js";
import { answerOutOfOffice } from "./out-of-office.js";
import { answeredWith, type PropertyReply, protocolErrorReply, SettingsStatus } from "./property-reply.js";
import { setRecoveryPassword } from "./recovery-password.js";
import { answeringUnavailable } from "./unavailable.js";
import { userInformation } from "./user-information.js";

type Property = (property: WbxmlElement, context: CommandContext) => PropertyReply | Promise<PropertyReply>;

const properties: ReadonlyMap<Tag, Property> = new Map<Tag, Property>([
  [Settings.Oof, answerOutOfOffice],
  [Settings.DevicePassword, setRecoveryPassword],
  [Settings.DeviceInformation, setDeviceInformation],
  [Settings.UserInformation, getUserInformation],
  [
    Settings.RightsManagementInformation,
    (property) =>
      child(property, Settings.Get) !== undefined
        ? answeredWith(CommonStatus.IrmFeatureDisabled)
        : protocolErrorReply,
  ],
]);

/** Settings ([MS-ASCMD] 2.2.1.18): properties are processed, and answered, in the order of the request. */
export const settings: Command = {
  name: "Settings",
  rootTag: Settings.Settings,
  statusTag: Settings.Status,
  since: "12.1",
  needsPolicyKey: true,
  needsBody: true,
  run: answeringUnavailable(
    async (request, context): Promise<CommandOutcome> => ({
      kind: "document",
      document: await answer(request.document, context),
    }),
  ),
};

async function answer(document: WbxmlElement | undefined, context: CommandContext): Promise<WbxmlElement> {
  const sent = childElements(document).filter(({ tag }) => properties.has(tag));
  if (document?.tag !== Settings.Settings || !isEachOnce(sent)) return failure();
  if (asksForLater(document, context.device.version)) return failure();
  const answers: WbxmlElement[] = [];
  for (const property of sent) {
    const reply = await properties.get(property.tag)?.(property, context);
    if (reply?.kind !== "answered") return failure();
    answers.push(element(property.tag, [textElement(Settings.Status, reply.status), reply.get]));
  }
  return element(Settings.Settings, [textElement(Settings.Status, SettingsStatus.Success), ...answers]);
}

function isEachOnce(sent: readonly WbxmlElement[]): boolean {
  return sent.length > 0 && new Set(sent.map(({ tag }) => tag)).size === sent.length;
}

function failure(): WbxmlElement {
  return element(Settings.Settings, [textElement(Settings.Status, SettingsStatus.ProtocolError)]);
}

async function setDeviceInformation(
  property: WbxmlElement,
  { device, state }: CommandContext,
): Promise<PropertyReply> {
  const sent = decodeDeviceInformation(property);
  if (sent.kind === "malformed") return protocolErrorReply;
  if (sent.kind === "too-long") return answeredWith(SettingsStatus.InvalidArguments);
  await updateDeviceRecord(state, device.user, device.id, (record) => {
    const information = { ...record.information, ...sent.information };
    const isKnown = JSON.stringify(information) === JSON.stringify(record.information);
    return isKnown ? { result: undefined } : { result: undefined, write: { ...record, information } };
  });
  return answeredWith(SettingsStatus.Success);
}

async function getUserInformation(property: WbxmlElement, context: CommandContext): Promise<PropertyReply> {
  if (child(property, Settings.Get) === undefined) return protocolErrorReply;
  const { addresses, displayName } = await userInformation(context);
  const hasAccounts = isAtLeast(context.device.version, "14.1");
  const emailAddresses = element(Settings.EmailAddresses, [
    ...addresses.map((address) => textElement(Settings.SMTPAddress, address)),
    hasAccounts ? optionalText(Settings.PrimarySmtpAddress, addresses[0]) : undefined,
  ]);
  const account = [optionalText(Settings.UserDisplayName, displayName), emailAddresses];
  const get = hasAccounts
    ? element(Settings.Get, [optionalElement(Settings.Accounts, [element(Settings.Account, account)])])
    : element(Settings.Get, [emailAddresses]);
  return { kind: "answered", status: SettingsStatus.Success, get };
}
