import type { ItemBody } from "./body.js";

/** What a contact has of plain texts: the elements of [MS-ASCNTC] 2.2.2 by their names. */
export interface ContactTexts {
  readonly assistantName?: string;
  readonly assistantPhoneNumber?: string;
  readonly business2PhoneNumber?: string;
  readonly businessAddressCity?: string;
  readonly businessAddressCountry?: string;
  readonly businessAddressPostalCode?: string;
  readonly businessAddressState?: string;
  readonly businessAddressStreet?: string;
  readonly businessFaxNumber?: string;
  readonly businessPhoneNumber?: string;
  readonly carPhoneNumber?: string;
  readonly companyName?: string;
  readonly department?: string;
  /** `"Name" <user@host>` or an address alone; so are the other two. */
  readonly email1Address?: string;
  readonly email2Address?: string;
  readonly email3Address?: string;
  /** What lists show and sort by; when a device sends none, it is made of the names. */
  readonly fileAs?: string;
  readonly firstName?: string;
  readonly home2PhoneNumber?: string;
  readonly homeAddressCity?: string;
  readonly homeAddressCountry?: string;
  readonly homeAddressPostalCode?: string;
  readonly homeAddressState?: string;
  readonly homeAddressStreet?: string;
  readonly homeFaxNumber?: string;
  readonly homePhoneNumber?: string;
  readonly jobTitle?: string;
  readonly lastName?: string;
  readonly middleName?: string;
  readonly mobilePhoneNumber?: string;
  readonly officeLocation?: string;
  readonly otherAddressCity?: string;
  readonly otherAddressCountry?: string;
  readonly otherAddressPostalCode?: string;
  readonly otherAddressState?: string;
  readonly otherAddressStreet?: string;
  readonly pagerNumber?: string;
  readonly radioPhoneNumber?: string;
  readonly spouse?: string;
  readonly suffix?: string;
  readonly title?: string;
  readonly webPage?: string;
  readonly yomiCompanyName?: string;
  readonly yomiFirstName?: string;
  readonly yomiLastName?: string;
  readonly accountName?: string;
  readonly companyMainPhone?: string;
  readonly customerId?: string;
  readonly governmentId?: string;
  readonly imAddress?: string;
  readonly imAddress2?: string;
  readonly imAddress3?: string;
  readonly managerName?: string;
  readonly mms?: string;
  readonly nickName?: string;
}

/** A contact ([MS-ASCNTC] 2.2). */
export interface ContactItem extends ContactTexts {
  readonly class: "Contacts";
  /** A date, `YYYY-MM-DD`. */
  readonly anniversary?: string;
  /** A date, `YYYY-MM-DD`. */
  readonly birthday?: string;
  /** At most 300. */
  readonly categories?: readonly string[];
  /** Names of the children, at most 300. */
  readonly children?: readonly string[];
  /** A photo in base64, at most 48 KB of text. */
  readonly picture?: string;
  /** Recipient cache alone, from version 14.0 on ([MS-ASCNTC] 2.2.2.2). */
  readonly alias?: string;
  /** Recipient cache alone: the higher, the more often written to; from version 14.0 on. */
  readonly weightedRank?: number;
  readonly body?: ItemBody;
}
