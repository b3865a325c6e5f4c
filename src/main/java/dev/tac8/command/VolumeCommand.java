package dev.tac8.command;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
@Command(name = "volume")
final class VolumeCommand implements Callable<Integer> { public Integer call() { return 0; } }
