package io.cachepolicy.sample.petclinic;

import java.io.UnsupportedEncodingException;
import java.util.List;
import java.util.Objects;

import com.jayway.jsonpath.JsonPath;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.SessionFactory;
import org.hibernate.stat.Statistics;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the clinic does, whether it has caches or not. Each subclass runs it with other
 * settings, and says how many statements a page takes that was shown before.
 */
@SpringBootTest
@AutoConfigureMockMvc
abstract class AbstractPetClinicTests {

	@Autowired
	private MockMvcTester mvc;

	@Autowired
	private EntityManagerFactory entityManagerFactory;

	@Autowired
	private VetRepository vets;

	@Autowired
	private PetTypeRepository types;

	private int typeId;

	@BeforeEach
	void addType() {
		this.typeId = Objects.requireNonNull(this.types.save(new PetType("cat")).getId());
	}

	/**
	 * Return how many statements the page of an owner with a pet and a visit takes, if it
	 * was shown before.
	 */
	abstract long statementsOfOwner();

	/**
	 * Return how many statements the page of a vet takes, if it was shown before.
	 */
	abstract long statementsOfVet();

	@Test
	void ownerIsAddedShownAndFound() {
		int owner = addOwner("Franklin");
		MvcTestResult page = get("/owners/" + owner);
		assertThat(page).hasStatusOk();
		assertThat(page).bodyJson().extractingPath("$.lastName").isEqualTo("Franklin");
		assertThat(get("/owners?lastName=Frank")).bodyJson().extractingPath("$[*].id").asArray().contains(owner);
		assertThat(get("/owners/4711")).hasStatus(HttpStatus.NOT_FOUND);
	}

	@Test
	void ownerIsEditedByAFormThatHasSomeOfItsFields() {
		int owner = addOwner("Davis");
		addPet(owner, "Basil");
		assertThat(get("/owners/" + owner)).hasStatusOk();
		assertThat(this.mvc.post().uri("/owners/{id}/edit", owner).param("lastName", "Davis-Black"))
			.hasStatus(HttpStatus.SEE_OTHER);
		MvcTestResult page = get("/owners/" + owner);
		assertThat(page).bodyJson().extractingPath("$.lastName").isEqualTo("Davis-Black");
		assertThat(page).bodyJson().extractingPath("$.firstName").isEqualTo("Betty");
		assertThat(page).bodyJson().extractingPath("$.pets[*].name").isEqualTo(List.of("Basil"));
		assertThat(get("/owners?lastName=Davis-B")).bodyJson().extractingPath("$[*].id").asArray().contains(owner);
	}

	@Test
	void formThatIsNotValidChangesNothing() {
		int owner = addOwner("Rodriquez");
		MvcTestResult result = this.mvc.post()
			.uri("/owners/{id}/edit", owner)
			.param("lastName", "")
			.param("telephone", "123")
			.exchange();
		assertThat(result).hasStatus(HttpStatus.BAD_REQUEST);
		assertThat(result).bodyJson().extractingPath("$").asArray().containsExactlyInAnyOrder("lastName", "telephone");
		MvcTestResult page = get("/owners/" + owner);
		assertThat(page).bodyJson().extractingPath("$.lastName").isEqualTo("Rodriquez");
		assertThat(page).bodyJson().extractingPath("$.telephone").isEqualTo("6085551749");
	}

	@Test
	void petAndVisitsAreAdded() {
		int owner = addOwner("Escobito");
		int pet = addPet(owner, "Mulligan");
		addVisit(owner, pet, "rabies shot");
		addVisit(owner, pet, "spayed");
		MvcTestResult page = get("/owners/" + owner);
		assertThat(page).bodyJson().extractingPath("$.pets[0].name").isEqualTo("Mulligan");
		assertThat(page).bodyJson().extractingPath("$.pets[0].type.name").isEqualTo("cat");
		assertThat(page).bodyJson()
			.extractingPath("$.pets[0].visits[*].description")
			.isEqualTo(List.of("rabies shot", "spayed"));
		assertThat(this.mvc.post().uri("/owners/{id}/pets/{pet}/visits/new", owner, pet).param("description", ""))
			.hasStatus(HttpStatus.BAD_REQUEST);
	}

	@Test
	void ownerIsDeletedWithItsPets() {
		int owner = addOwner("Schroeder");
		addPet(owner, "Jewel");
		assertThat(get("/owners/" + owner)).hasStatusOk();
		assertThat(this.mvc.post().uri("/owners/{id}/delete", owner)).hasStatus(HttpStatus.NO_CONTENT);
		assertThat(get("/owners/" + owner)).hasStatus(HttpStatus.NOT_FOUND);
		assertThat(get("/owners?lastName=Schroeder")).bodyJson().extractingPath("$").asArray().isEmpty();
	}

	@Test
	void vetsAreShown() {
		int vet = Objects.requireNonNull(this.vets.save(new Vet("Leary", "radiology", "surgery")).getId());
		assertThat(get("/vets/" + vet)).bodyJson()
			.extractingPath("$.specialties")
			.asArray()
			.containsExactlyInAnyOrder("radiology", "surgery");
		assertThat(get("/vets")).bodyJson().extractingPath("$[*].lastName").asArray().contains("Leary");
	}

	@Test
	void pagesThatWereShownBeforeTakeAsManyStatementsAsExpected() {
		int owner = addOwner("Coleman");
		addVisit(owner, addPet(owner, "Max"), "neutered");
		int vet = Objects.requireNonNull(this.vets.save(new Vet("Jenkins", "dentistry")).getId());
		assertThat(statements("/owners/" + owner)).isEqualTo(statementsOfOwner());
		assertThat(statements("/vets/" + vet)).isEqualTo(statementsOfVet());
	}

	private long statements(String page) {
		// Twice, as an entry is made by the first
		get(page);
		get(page);
		Statistics statistics = this.entityManagerFactory.unwrap(SessionFactory.class).getStatistics();
		statistics.clear();
		assertThat(get(page)).hasStatusOk();
		return statistics.getPrepareStatementCount();
	}

	private int addOwner(String lastName) {
		MvcTestResult result = this.mvc.post()
			.uri("/owners/new")
			.param("firstName", "Betty")
			.param("lastName", lastName)
			.param("telephone", "6085551749")
			.exchange();
		assertThat(result).hasStatus(HttpStatus.SEE_OTHER);
		String address = Objects.requireNonNull(result.getResponse().getRedirectedUrl());
		return Integer.parseInt(address.substring(address.lastIndexOf('/') + 1));
	}

	private int addPet(int owner, String name) {
		assertThat(this.mvc.post()
			.uri("/owners/{id}/pets/new", owner)
			.param("typeId", String.valueOf(this.typeId))
			.param("petName", name)).hasStatus(HttpStatus.SEE_OTHER);
		return read(get("/owners/" + owner), "$.pets[0].id");
	}

	private void addVisit(int owner, int pet, String description) {
		assertThat(
				this.mvc.post().uri("/owners/{id}/pets/{pet}/visits/new", owner, pet).param("description", description))
			.hasStatus(HttpStatus.SEE_OTHER);
	}

	private MvcTestResult get(String uri) {
		return this.mvc.get().uri(uri).exchange();
	}

	private static <T> T read(MvcTestResult result, String path) {
		assertThat(result).hasStatusOk();
		try {
			return JsonPath.read(result.getResponse().getContentAsString(), path);
		}
		catch (UnsupportedEncodingException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
