/** From a spool file to checked records: the spool, its lines, the record format, quarantine. */
package dev.tac8.ingest;
