import type { ContractTest } from "./contract-test.js";
import { attachmentChecks } from "./mailbox-contract-attachments.js";
import { changeChecks } from "./mailbox-contract-changes.js";
import { conversationChecks } from "./mailbox-contract-conversations.js";
import { datedChecks } from "./mailbox-contract-dated.js";
import { draftChecks } from "./mailbox-contract-drafts.js";
import { emptyFolderChecks } from "./mailbox-contract-empty-folder.js";
import { folderWriteChecks } from "./mailbox-contract-folder-writes.js";
import { folderChecks } from "./mailbox-contract-folders.js";
import { lastVerbChecks } from "./mailbox-contract-last-verb.js";
import { meetingChecks } from "./mailbox-contract-meetings.js";
import { outOfOfficeChecks } from "./mailbox-contract-out-of-office.js";
import { peopleChecks } from "./mailbox-contract-people.js";
import { searchChecks } from "./mailbox-contract-search.js";
import type { MailboxCheck, MailboxSubject } from "./mailbox-contract-subject.js";
import { userChecks } from "./mailbox-contract-user.js";
import { writeChecks } from "./mailbox-contract-writes.js";

const checks: Readonly<Record<string, MailboxCheck>> = {
  ...folderChecks,
  ...changeChecks,
  ...datedChecks,
  ...writeChecks,
  ...folderWriteChecks,
  ...attachmentChecks,
  ...draftChecks,
  ...emptyFolderChecks,
  ...conversationChecks,
  ...lastVerbChecks,
  ...meetingChecks,
  ...searchChecks,
  ...peopleChecks,
  ...userChecks,
  ...outOfOfficeChecks,
};

/**
 * What every {@link Mailbox} must do, as tests for any runner. What needs an optional part of the subject passes unseen without it.
 *
 * @param make makes a mailbox whose folder is empty; called once for each test.
 */
export function mailboxContract(
  make: () => MailboxSubject | Promise<MailboxSubject>,
): readonly ContractTest[] {
  return Object.entries(checks).map(([name, check]) => ({
    name,
    run: async () => {
      const subject = await make();
      try {
        await check(subject);
      } finally {
        await subject.close?.();
      }
    },
  }));
}
