/** What a cart holds at most; here, because the constraint in `db/schema/cart.ts` says the same number. */
export const CART_LINES_MAX = 50

/** Units of one line. */
export const LINE_QUANTITY_MAX = 99
