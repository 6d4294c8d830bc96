export { classOfFolder, defaultFolders } from "./default-folders.js";
export { MemoryFaults } from "./memory-faults.js";
export type { NewFolder } from "./memory-folders.js";
export { MemoryMailbox, type MemoryMailboxMethod, type MemoryMailboxOptions } from "./memory-mailbox.js";
export { type Delivery, type ItemSummary, MemoryMailboxHost } from "./memory-mailbox-host.js";
