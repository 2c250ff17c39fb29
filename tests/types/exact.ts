// Says that two types are the same, not merely assignable to each other: what is `any` by accident is found out.

export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles for `same<A, B>(true)` where the two are the same. */
export declare function same<A, B>(verdict: Same<A, B>): void;
