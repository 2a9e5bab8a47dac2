package io.cachepolicy.journal;

import java.nio.file.Path;

/**
 * A process that opens a directory and keeps it open.
 */
public final class OtherProcess {

	private OtherProcess() {
	}

	/**
	 * Open a directory, and tell so.
	 * @param arguments the directory
	 * @throws InterruptedException if the process is to end
	 */
	public static void main(String[] arguments) throws InterruptedException {
		try (Storage storage = new JournalDirectory(Path.of(arguments[0])).open()) {
			System.out.println("open");
			Thread.sleep(60_000);
			storage.size();
		}
	}

}
