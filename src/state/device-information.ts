/** What a device told about itself ([MS-ASCMD] 2.2.3.45); each text at most 1,024 characters, as the device wrote it. */
export interface DeviceInformation {
  readonly model?: string;
  readonly imei?: string;
  readonly friendlyName?: string;
  readonly os?: string;
  readonly osLanguage?: string;
  readonly phoneNumber?: string;
  readonly userAgent?: string;
  readonly enableOutboundSms?: string;
  readonly mobileOperator?: string;
}

/** The names of {@link DeviceInformation}. */
export const deviceInformationFields: readonly (keyof DeviceInformation)[] = Object.freeze([
  "model",
  "imei",
  "friendlyName",
  "os",
  "osLanguage",
  "phoneNumber",
  "userAgent",
  "enableOutboundSms",
  "mobileOperator",
]);
