import type { Arrival, MailboxChangeSource, MailboxRef, OnChange } from "../push/mailbox-change-source.js";
import { MailboxTopics } from "./mailbox-topics.js";
import type { Relay } from "./relay.js";
import { type RelaySourceOptions, resolveRelaySourceOptions } from "./source-options.js";

/** A change source that is told of changes by whoever makes them, in any process. */
export interface PublishedSource extends MailboxChangeSource {
  /**
   * Tells that a folder changed: every process that holds a request for it wakes it, this one first and without the relay. When the relay
   * cannot be reached the others are told when it can. Never rejects.
   *
   * @param folder a folder id, or `HIERARCHY`.
   * @param arrival for a mail that arrived, where it is known: it saves every phone a question.
   */
  publish(user: string, folder: string, arrival?: Arrival): Promise<void>;

  /** Ends all subscriptions. Close the server first. */
  close(): void;
}

/**
 * Makes a change source for mail servers that can tell one process, any process, of each change: `publish` is that call.
 *
 * @param markers the folders' states; see {@link MailboxChangeSource.marker}.
 * @throws DirectPushError `ERR_OPTION_INVALID` naming the option that is wrong.
 */
export function publishedSource(
  markers: Pick<MailboxChangeSource, "marker">,
  relay: Relay,
  options: RelaySourceOptions = {},
): PublishedSource {
  const topics = new MailboxTopics({ relay, ...resolveRelaySourceOptions(options) });
  return {
    marker: (mailbox, folder) => markers.marker(mailbox, folder),
    async watch(mailbox: MailboxRef, folders: readonly string[], onChange: OnChange) {
      const topic = topics.of(mailbox);
      const stop = topic.add(folders, onChange);
      await topic.subscribed;
      return stop;
    },
    publish: (user, folder, arrival) => topics.changed(user, folder, arrival),
    close: () => topics.close(),
  };
}
