package io.cachepolicy.endtoend;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import io.cachepolicy.PolicyCached;
import io.cachepolicy.WritePolicy;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.transaction.annotation.Transactional;

import static io.cachepolicy.PolicyCached.Operation.REMOVE;
import static io.cachepolicy.PolicyCached.Operation.WRITE;

/**
 * A service over notes, once per policy.
 */
abstract class Notes {

	private final NoteRepository repository;

	Notes(NoteRepository repository) {
		this.repository = repository;
	}

	abstract String cache();

	abstract Optional<Note> find(String id);

	abstract @Nullable Note write(@Nullable Note note);

	abstract Note writeInTransaction(Note note, boolean fail);

	abstract void remove(String id);

	abstract CompletableFuture<Note> writeLater(Note note);

	abstract @Nullable Note cacheable(String id);

	abstract Note cachePut(Note note);

	abstract void cacheEvict(String id);

	Optional<Note> load(String id) {
		return this.repository.findById(id);
	}

	static Note failing(Note note, boolean fail) {
		if (fail) {
			throw new IllegalStateException("rolled back");
		}
		return note;
	}

	@PolicyCached(cache = "notes-through")
	static class Through extends Notes {

		Through(NoteRepository repository) {
			super(repository);
		}

		@Override
		String cache() {
			return "notes-through";
		}

		@Override
		@PolicyCached
		Optional<Note> find(String id) {
			return load(id);
		}

		@Override
		@PolicyCached(operation = WRITE)
		@Nullable Note write(@Nullable Note note) {
			return note;
		}

		@Override
		@Transactional
		@PolicyCached(operation = WRITE)
		Note writeInTransaction(Note note, boolean fail) {
			return failing(note, fail);
		}

		@Override
		@PolicyCached(operation = REMOVE)
		void remove(String id) {
		}

		@Override
		@PolicyCached(operation = WRITE)
		CompletableFuture<Note> writeLater(Note note) {
			return CompletableFuture.supplyAsync(() -> note);
		}

		@Override
		@Cacheable("notes-through")
		@Nullable Note cacheable(String id) {
			return load(id).orElse(null);
		}

		@Override
		@CachePut(cacheNames = "notes-through", key = "#note.id")
		Note cachePut(Note note) {
			return note;
		}

		@Override
		@CacheEvict("notes-through")
		void cacheEvict(String id) {
		}

	}

	@PolicyCached(cache = "notes-back", policy = WritePolicy.WRITE_BACK)
	static class Back extends Notes {

		Back(NoteRepository repository) {
			super(repository);
		}

		@Override
		String cache() {
			return "notes-back";
		}

		@Override
		@PolicyCached
		Optional<Note> find(String id) {
			return load(id);
		}

		@Override
		@PolicyCached(operation = WRITE)
		@Nullable Note write(@Nullable Note note) {
			return note;
		}

		@Override
		@Transactional
		@PolicyCached(operation = WRITE)
		Note writeInTransaction(Note note, boolean fail) {
			return failing(note, fail);
		}

		@Override
		@PolicyCached(operation = REMOVE)
		void remove(String id) {
		}

		@Override
		@PolicyCached(operation = WRITE)
		CompletableFuture<Note> writeLater(Note note) {
			return CompletableFuture.supplyAsync(() -> note);
		}

		@Override
		@Cacheable("notes-back")
		@Nullable Note cacheable(String id) {
			return load(id).orElse(null);
		}

		@Override
		@CachePut(cacheNames = "notes-back", key = "#note.id")
		Note cachePut(Note note) {
			return note;
		}

		@Override
		@CacheEvict("notes-back")
		void cacheEvict(String id) {
		}

	}

	@PolicyCached("notes-around")
	static class Around extends Notes {

		Around(NoteRepository repository) {
			super(repository);
		}

		@Override
		String cache() {
			return "notes-around";
		}

		@Override
		@PolicyCached
		Optional<Note> find(String id) {
			return load(id);
		}

		@Override
		@PolicyCached(operation = WRITE)
		@Nullable Note write(@Nullable Note note) {
			return note;
		}

		@Override
		@Transactional
		@PolicyCached(operation = WRITE)
		Note writeInTransaction(Note note, boolean fail) {
			return failing(note, fail);
		}

		@Override
		@PolicyCached(operation = REMOVE)
		void remove(String id) {
		}

		@Override
		@PolicyCached(operation = WRITE)
		CompletableFuture<Note> writeLater(Note note) {
			return CompletableFuture.supplyAsync(() -> note);
		}

		@Override
		@Cacheable("notes-around")
		@Nullable Note cacheable(String id) {
			return load(id).orElse(null);
		}

		@Override
		@CachePut(cacheNames = "notes-around", key = "#note.id")
		Note cachePut(Note note) {
			return note;
		}

		@Override
		@CacheEvict("notes-around")
		void cacheEvict(String id) {
		}

	}

}
