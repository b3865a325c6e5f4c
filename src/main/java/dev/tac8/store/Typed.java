package dev.tac8.store;

/** An exception that says what is to blame for a failed write; its message is one sentence. Stands alone, because the logger's jar has it too. */
interface Typed {
}
