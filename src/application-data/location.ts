import type { ItemLocation } from "../mailbox/items/values.js";
import { AirSyncBase } from "../wbxml/index.js";
import { type Codec, double, text } from "./codec.js";
import { fieldsOf, readFields, writeFields } from "./field.js";

const field = fieldsOf<ItemLocation>();
const fields = [
  field("displayName", AirSyncBase.DisplayName, text()),
  field("annotation", AirSyncBase.Annotation, text()),
  field("street", AirSyncBase.Street, text()),
  field("city", AirSyncBase.City, text()),
  field("state", AirSyncBase.State, text()),
  field("country", AirSyncBase.Country, text()),
  field("postalCode", AirSyncBase.PostalCode, text()),
  field("latitude", AirSyncBase.Latitude, double),
  field("longitude", AirSyncBase.Longitude, double),
  field("accuracy", AirSyncBase.Accuracy, double),
  field("altitude", AirSyncBase.Altitude, double),
  field("altitudeAccuracy", AirSyncBase.AltitudeAccuracy, double),
  field("locationUri", AirSyncBase.LocationUri, text()),
];

/** The AirSyncBase Location container of version 16.0 and newer ([MS-ASAIRS] 2.2.2.28). A location without content is none. */
export const locationContainer: Codec<ItemLocation> = {
  write: (tag, value, context) => {
    const content = writeFields(fields, value, context);
    return content.length === 0 ? undefined : { tag, content };
  },
  read: (element, context) => {
    const location = readFields(fields, element, context);
    return Object.keys(location).length === 0 ? undefined : location;
  },
};

const name = text();

/** The Location text of the versions before 16.0. */
export const locationText: Codec<ItemLocation> = {
  write: (tag, value, context) => name.write(tag, value.displayName ?? "", context),
  read: (element, context) => {
    const displayName = name.read(element, context);
    return displayName === undefined ? undefined : { displayName };
  },
};
