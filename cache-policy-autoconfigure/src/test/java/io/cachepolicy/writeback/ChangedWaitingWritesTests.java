package io.cachepolicy.writeback;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.RowReference;
import io.cachepolicy.spi.RowRelations;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.Specs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for writes that coalesce while one waits for the other, as a put becomes a delete
 * or a delete a put. Documents refer to folders: the value of a document is the key of
 * its folder.
 */
class ChangedWaitingWritesTests extends AbstractWriteBackTests {

	private static final Duration SHORT = Duration.ofSeconds(3);

	private final FakeStore folderRows = store(false);

	private final FakeStore documentRows = store(true);

	private final CountDownLatch began = new CountDownLatch(1);

	private final CountDownLatch release = new CountDownLatch(1);

	private WriteBack folders;

	private WriteBack documents;

	private FakeStore store(boolean refers) {
		FakeStore store = new FakeStore();
		store.resource(this);
		store.relations(new Relations(refers));
		return store;
	}

	@BeforeEach
	void create() {
		this.folders = create("folders", Specs.of("folders"), this.folderRows);
		this.documents = create("documents", Specs.of("documents"), this.documentRows);
	}

	/**
	 * Keep the flusher of a cache busy.
	 */
	private void hold(WriteBack cache, FakeStore rows) {
		rows.beforeWrite((keys) -> {
			if (keys.contains("busy")) {
				this.began.countDown();
				awaitLatch(this.release);
			}
		});
		cache.offer("busy", "");
		cache.expedite("busy");
		awaitLatch(this.began);
	}

	@Test
	@DisplayName("W4, J5: a child does not wait for a parent that is deleted meanwhile")
	void childDoesNotWaitForThePutOfAParentThatBecameADelete() {
		hold(this.folders, this.folderRows);
		this.folders.offer("folder", "");
		this.documents.offer("document", "folder");
		this.documents.expedite("document");
		await().until(this.documents.peer()::isWaiting);
		this.documents.offer("document", Absent.VALUE);
		this.folders.offer("folder", Absent.VALUE);
		this.release.countDown();
		assertThat(this.folders.flush(SHORT).remaining()).isZero();
		assertThat(this.documents.flush(SHORT).remaining()).isZero();
	}

	@Test
	@DisplayName("W4, J5: a child that moved does not wait for its old parent, which is deleted")
	void childThatMovedDoesNotWaitForItsOldParent() {
		hold(this.folders, this.folderRows);
		this.folders.offer("folder", "");
		this.documents.offer("document", "folder");
		this.documents.expedite("document");
		await().until(this.documents.peer()::isWaiting);
		this.documents.offer("document", "another");
		this.folders.offer("folder", Absent.VALUE);
		this.release.countDown();
		assertThat(this.folders.flush(SHORT).remaining()).isZero();
		assertThat(this.documentRows.rows()).containsEntry("document", "another");
	}

	@Test
	@DisplayName("W4, J5: a parent that is put again does not wait for children")
	void parentDoesNotWaitForChildrenOnceItsDeleteBecameAPut() {
		hold(this.documents, this.documentRows);
		this.documents.offer("document", Absent.VALUE);
		this.folders.offer("folder", Absent.VALUE);
		this.folders.expedite("folder");
		await().until(this.folders.peer()::isWaiting);
		this.folders.offer("folder", "");
		this.documents.offer("document", "folder");
		this.release.countDown();
		assertThat(this.documents.flush(SHORT).remaining()).isZero();
		assertThat(this.folders.flush(SHORT).remaining()).isZero();
		assertThat(this.documentRows.rows()).containsEntry("document", "folder");
	}

	/**
	 * Relations of folders, or of documents.
	 *
	 * @param refers whether these are documents
	 */
	private record Relations(boolean refers) implements RowRelations {

		@Override
		public Object rows() {
			return (this.refers) ? "documents" : "folders";
		}

		@Override
		public int rank() {
			return (this.refers) ? 1 : 0;
		}

		@Override
		public boolean refersTo(RowRelations other) {
			return this.refers && other.rank() == 0;
		}

		@Override
		public Collection<RowReference> references(Object value) {
			return (this.refers) ? List.of(new RowReference("folders", value)) : List.of();
		}

	}

}
