/** The most lines of a cart. It is in `shared/`, since a constraint in `db/schema/cart.ts` uses it too. */
export const CART_LINES_MAX = 50

/** The most units of one line. */
export const LINE_QUANTITY_MAX = 99
