package io.cachepolicy.journal;

import java.io.IOException;
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
	 * @throws IOException if the directory or the input fails
	 */
	public static void main(String[] arguments) throws IOException {
		try (Storage storage = new JournalDirectory(Path.of(arguments[0])).open()) {
			System.out.println("open");
			// Ends with the process that started this one, at the latest
			System.in.read();
			storage.size();
		}
	}

}
