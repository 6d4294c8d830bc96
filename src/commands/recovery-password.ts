import { recoveryPasswordOf } from "../mailbox/abilities/recovery-password.js";
import { Settings } from "../wbxml/code-pages/settings.js";
import type { WbxmlElement } from "../wbxml/element.js";
import { child, childText } from "../wbxml/reading.js";
import type { CommandContext } from "./command.js";
import { answeredWith, type PropertyReply, protocolErrorReply, SettingsStatus } from "./property-reply.js";

const maxCharacters = 255;

/** Answers the DevicePassword property of Settings ([MS-ASCMD] 2.2.3.46). */
export async function setRecoveryPassword(
  property: WbxmlElement,
  {
    mailbox,
    mailboxRef,
    device,
    options,
  }: Pick<CommandContext, "mailbox" | "mailboxRef" | "device" | "options">,
): Promise<PropertyReply> {
  const password = childText(child(property, Settings.Set), Settings.Password);
  if (password === undefined) return protocolErrorReply;
  if (password.length > maxCharacters) return answeredWith(SettingsStatus.InvalidArguments);
  const able = recoveryPasswordOf(mailbox);
  if (able === undefined || options.policy.document.passwordRecoveryEnabled !== true) {
    return answeredWith(SettingsStatus.DeniedByPolicy);
  }
  const { kind } = await able.setRecoveryPassword(mailboxRef, device.id, password);
  return answeredWith(kind === "updated" ? SettingsStatus.Success : SettingsStatus.DeniedByPolicy);
}
