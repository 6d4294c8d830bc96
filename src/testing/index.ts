export { classOfFolder } from "../sync-state/folder-class.js";
export {
  type ChangeSourceContractOptions,
  type ChangeSourceSubject,
  mailboxChangeSourceContract,
} from "./change-source-contract.js";
export type { ContractTest } from "./contract-test.js";
export { defaultFolders } from "./default-folders.js";
export { FakeClock, type FakeClockOptions } from "./fake-clock.js";
export { InProcessDevice, type InProcessDeviceOptions, type RequestChanges } from "./in-process-device.js";
export type {
  DeviceSyncItem,
  DeviceSyncResult,
  DeviceSyncWishes,
  PingWishes,
} from "./in-process-device-documents.js";
export type { DeviceAnswer, DeviceExchange } from "./in-process-exchange.js";
export type { IdleCut, LineConduct, LineCut, LineEnds } from "./line-conduct.js";
export { mailboxContract } from "./mailbox-contract.js";
export type { ListedPerson, MailboxSubject } from "./mailbox-contract-subject.js";
export { MemoryFaults } from "./memory-faults.js";
export type { NewFolder } from "./memory-folders.js";
export type { MemoryContent, RawMessage } from "./memory-item.js";
export { MemoryMailbox, type MemoryMailboxMethod, type MemoryMailboxOptions } from "./memory-mailbox.js";
export { type MemoryContentMethod, MemoryMailboxContents } from "./memory-mailbox-contents.js";
export { type Delivery, type ItemSummary, MemoryMailboxHost } from "./memory-mailbox-host.js";
export {
  type MemoryLookupMethod,
  type MemoryLookupParts,
  MemoryMailboxLookups,
} from "./memory-mailbox-lookups.js";
export type { ParsedMessages } from "./memory-messages.js";
export type { MemoryPerson } from "./memory-recipients.js";
export { type MemoryRelay, MemoryRelayHub, type MemoryRelayOptions } from "./memory-relay.js";
export { MemorySettings, type MemorySettingsMethod } from "./memory-settings.js";
export { type MemoryPostOffice, MemorySubmission } from "./memory-submission.js";
export { type MockBehaviour, MockChangeSource } from "./mock-change-source.js";
export { type RelayContractSubject, relayContract } from "./relay-contract.js";
export { stateStoreContract } from "./state-store-contract.js";
export {
  type LineCounts,
  type LineTarget,
  UnreliableLine,
  type UnreliableLineOptions,
} from "./unreliable-line.js";
