package io.cachepolicy.journal;

import org.springframework.data.jpa.repository.JpaRepository;

/**
 * A repository.
 */
interface NoteRepository extends JpaRepository<Note, Long> {

}
