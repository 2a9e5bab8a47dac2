package io.cachepolicy.sample.kotlin

import io.cachepolicy.PolicyCacheManager
import io.cachepolicy.PolicyCached
import io.cachepolicy.PolicyCached.Operation.REMOVE
import io.cachepolicy.PolicyCached.Operation.WRITE
import io.cachepolicy.WritePolicy.WRITE_THROUGH
import jakarta.persistence.Entity
import jakarta.persistence.Id
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.springframework.beans.factory.annotation.Autowired
import org.springframework.boot.autoconfigure.SpringBootApplication
import org.springframework.boot.test.context.SpringBootTest
import org.springframework.cache.annotation.EnableCaching
import org.springframework.data.jpa.repository.JpaRepository
import org.springframework.data.repository.findByIdOrNull
import org.springframework.stereotype.Service
import java.time.Duration

@SpringBootApplication
@EnableCaching
class KotlinApplication

@Entity
class Book(@Id val isbn: String, var title: String, var pages: Int? = null)

interface BookRepository : JpaRepository<Book, String>

@Service
@PolicyCached("books")
class BookService(private val books: BookRepository) {

	@PolicyCached
	fun find(isbn: String): Book? = books.findByIdOrNull(isbn)

	@PolicyCached(operation = [WRITE])
	fun rename(book: Book, title: String): Book = book.apply { this.title = title }

	@PolicyCached(operation = [WRITE], policy = [WRITE_THROUGH])
	fun correct(book: Book): Book = book

	@PolicyCached(operation = [REMOVE])
	fun discard(isbn: String) {
	}

}

/**
 * The annotation and the API, used from Kotlin.
 */
@SpringBootTest(
	properties = ["cache-policy.caches.books.policy=write-back", "cache-policy.caches.books.write-back.flush-interval=1h"]
)
class KotlinTests(
	@param:Autowired private val service: BookService,
	@param:Autowired private val books: BookRepository,
	@param:Autowired private val manager: PolicyCacheManager
) {

	@Test
	fun `writes are deferred, read at once and stored by a flush`() {
		val book = service.rename(Book("1", "Draft"), "Final")
		assertThat(service.find("1")?.title).isEqualTo("Final")
		assertThat(books.findByIdOrNull("1")).isNull()
		val report = manager.flush(Duration.ofSeconds(10))
		assertThat(report.written()).isPositive()
		assertThat(books.findByIdOrNull(book.isbn)?.title).isEqualTo("Final")
	}

	@Test
	fun `a method has a policy of its own, and absent is null`() {
		service.correct(Book("2", "Through", 7))
		assertThat(books.findByIdOrNull("2")?.pages).isEqualTo(7)
		service.discard("2")
		assertThat(service.find("2")).isNull()
	}

	@Test
	fun `the cache is used as Spring's and with types`() {
		val cache = requireNotNull(manager.getCache("books"))
		cache.put("3", Book("3", "Direct"))
		assertThat(cache.get("3", Book::class.java)?.title).isEqualTo("Direct")
		assertThat(cache.pendingWrites()).isPositive()
		assertThat(cache.deadLetters()).isEmpty()
		val all = cache.getAll(listOf("3", "4"))
		assertThat(all).containsOnlyKeys("3")
	}

}
