package dev.tac8.command;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
@Command(name = "ingest")
final class IngestCommand implements Callable<Integer> { public Integer call() { return 0; } }
