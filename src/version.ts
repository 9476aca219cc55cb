/** The version of this package: package.json's, which a test compares with it. */
export const VERSION = "0.1.0";
