package io.cachepolicy.test.application;

import org.springframework.data.repository.CrudRepository;

interface NoteRepository extends CrudRepository<Note, String> {

}
