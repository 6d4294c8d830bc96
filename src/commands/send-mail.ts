import type { Command } from "./command.js";
import { sendingCommand } from "./sending/sending-command.js";

/** SendMail ([MS-ASCMD] 2.2.1.17): sends a mail that the device composed. */
export const sendMail: Command = sendingCommand("SendMail");
