/** Something that a look at the mail server, or at the state, found. */
export interface Finding {
  /** False: phones will not get what they need. */
  readonly isWell: boolean;
  readonly text: string;
}
