/** Under this name a file of Weft lists the initializers that training does not change, as JSON. */
export const FROZEN = 'weft.frozen';
