package io.cachepolicy.sample.assets;

import java.time.Clock;
import java.time.Instant;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/assets/{name}")
class AssetController {

	private final AssetService assets;

	private final Clock clock;

	AssetController(AssetService assets, Clock clock) {
		this.assets = assets;
		this.clock = clock;
	}

	@GetMapping
	ResponseEntity<AssetView> find(@PathVariable String name) {
		return ResponseEntity.of(this.assets.find(name).map(AssetView::of));
	}

	@PutMapping
	AssetView publish(@PathVariable String name, @RequestBody Upload upload) {
		Asset asset = new Asset(name, upload.contentType(), upload.length(), upload.checksum(), this.clock.instant());
		return AssetView.of(this.assets.publish(asset));
	}

	@DeleteMapping
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void withdraw(@PathVariable String name) {
		this.assets.withdraw(name);
	}

	record AssetView(String name, String contentType, long length, String checksum, Instant publishedAt) {

		static AssetView of(Asset asset) {
			return new AssetView(asset.getName(), asset.getContentType(), asset.getLength(), asset.getChecksum(),
					asset.getPublishedAt());
		}

	}

	record Upload(String contentType, long length, String checksum) {

	}

}
