/** Statuses of [MS-ASCMD] 2.2.3.177.9. */
export const MeetingStatus = { Success: 1, Invalid: 2, MailboxError: 3, ServerError: 4 } as const;
