import type {
  MailboxOutOfOffice,
  OutOfOffice,
  OutOfOfficeChange,
} from "../mailbox/abilities/out-of-office.js";
import type { MailboxRecoveryPassword } from "../mailbox/abilities/recovery-password.js";
import type { MailboxRef } from "../push/mailbox-change-source.js";
import { MemoryOutOfOffice } from "./memory-out-of-office.js";

/** A call behind Settings that a memory mailbox counts and that can be made to fail. */
export type MemorySettingsMethod = keyof MailboxOutOfOffice | keyof MailboxRecoveryPassword;

/** What a memory mailbox keeps for Settings. */
export abstract class MemorySettings implements MailboxOutOfOffice, MailboxRecoveryPassword {
  /** Counts a call, and makes it fail when it is to. */
  protected abstract enterSettings(method: MemorySettingsMethod): Promise<void> | undefined;
  readonly #outOfOffice = new MemoryOutOfOffice();
  readonly #recoveryPasswords = new Map<string, string>();

  /** The recovery password that a device stored; undefined for none. */
  recoveryPassword(user: string, deviceId: string): string | undefined {
    return this.#recoveryPasswords.get(`${user}\n${deviceId}`);
  }

  /** See {@link MailboxOutOfOffice.outOfOffice}. */
  async outOfOffice(mailbox: MailboxRef): Promise<OutOfOffice> {
    await this.enterSettings("outOfOffice");
    return this.#outOfOffice.of(mailbox.user);
  }

  /** See {@link MailboxOutOfOffice.setOutOfOffice}. */
  async setOutOfOffice(
    mailbox: MailboxRef,
    change: OutOfOfficeChange,
  ): ReturnType<MailboxOutOfOffice["setOutOfOffice"]> {
    await this.enterSettings("setOutOfOffice");
    this.#outOfOffice.change(mailbox.user, change);
    return { kind: "updated" };
  }

  /** See {@link MailboxRecoveryPassword.setRecoveryPassword}. */
  async setRecoveryPassword(
    mailbox: MailboxRef,
    deviceId: string,
    password: string,
  ): ReturnType<MailboxRecoveryPassword["setRecoveryPassword"]> {
    await this.enterSettings("setRecoveryPassword");
    const address = `${mailbox.user}\n${deviceId}`;
    if (password === "") this.#recoveryPasswords.delete(address);
    else this.#recoveryPasswords.set(address, password);
    return { kind: "updated" };
  }
}
