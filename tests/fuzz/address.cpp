// Addresses as people write them. Of one on the web nothing is kept that only its holder may know,
// and the name that its file gets is one in the folder it is put in; what stands for something
// registered, for a run's output or for data on a datastore means the same when it is written
// again.
#include <algorithm>

#include "base/text.h"
#include "base/url.h"
#include "core/asset.h"
#include "fuzz/fuzz_target.h"
#include "spec/data_sources.h"

namespace mlpipe::fuzz {

namespace {

void check_file_name(std::string_view url) {
  const auto name = url_file_name(url);
  require(!name.empty() && name != "." && name != "..", "a file has a name of its own", name);
  require(name.size() <= 255, "file systems take it", name);
  require(is_utf8(name), "it is text", name);
  require(std::all_of(name.begin(), name.end(),
                      [](char c) {
                        const auto byte = static_cast<unsigned char>(c);
                        return byte >= 0x20 && byte != 0x7F && c != '/' && c != '\\';
                      }),
          "it leads nowhere else", name);
}

void check_url(std::string_view url) {
  const auto bare = url_without_secrets(url);
  require(is_http_url(bare), "without its secrets it is an address", bare);
  require(url_without_secrets(bare) == bare, "there are none left to take away", bare);
  require(!url_has_secrets(bare), "nor are there said to be", bare);
  require(url_file_name(bare) == url_file_name(url), "it is the same file", bare);
  const auto host = url_host(bare);
  require(host.find_first_of("@/?#") == std::string::npos, "a host is no more than that", host);
  const auto plain = url.substr(0, url.find('#'));
  require(url_has_secrets(plain) == url_has_secrets(url), "a fragment is no secret", url);
  const bool slash_added = bare.size() > plain.size();
  require(!url_has_secrets(url) || bare.size() - (slash_added ? 1 : 0) < plain.size(),
          "secrets are taken away", url);
}

/// The input as a part of an address that is signed.
void check_secrets(std::string_view part) {
  const std::string secret = "s3cr3t-v4lue";
  if (part.find(secret) != std::string_view::npos) return;
  const auto check = [&](const std::string& url) {
    const auto bare = url_without_secrets(url);
    require(bare.find(secret) == std::string::npos, "no secret is kept", bare);
    require(url_has_secrets(url) || url.find('#') < url.find(secret), "it is told of", url);
  };
  const std::string any(part);
  check("https://h/p?" + any + "&sv=1&sig=" + secret);
  check("https://h/p?X-Amz-Signature=" + secret + "&" + any);
  check("https://h/p?" + any + "&Token=" + secret + "&x=1");
  if (part.find_first_of("/?#") == std::string_view::npos)
    check("https://" + any + ":" + secret + "@h/p");
}

void check_asset(std::string_view text) {
  const auto asset = parse_asset_reference(text);
  if (!asset) return;
  require(!asset->name.empty(), "an asset has a name", text);
  require(asset->version.empty() || asset->label.empty(), "a version or a label", text);
  require(parse_asset_reference("azureml:" + to_text(*asset)) == asset, "it means the same",
          to_text(*asset));
}

void check_run_output(std::string_view text) {
  const auto output = parse_run_output(text);
  if (!output) return;
  require(!output->run.empty() && !output->output.empty(), "it names a run and an output", text);
  std::string written = "azureml://jobs/" + output->run + "/outputs/";
  if (!output->step.empty()) written += output->step + ".";
  written += output->output;
  if (!output->path.empty()) written += "/paths/" + output->path;
  const auto again = parse_run_output(written);
  require(again && again->run == output->run && again->step == output->step &&
              again->output == output->output && again->path == output->path,
          "an output means the same", written);
}

void check_datastore(std::string_view text) {
  const auto place = parse_datastore_uri(text);
  const auto below = parse_datastore_uri("azureml://datastores/d/paths/" + std::string(text));
  require(below && below->datastore == "d" && below->path == text, "any path is one below it",
          text);
  require(place.has_value() == is_on_datastore(text), "it is on one or not", text);
  if (!place) return;
  const auto check = [&](const std::string& written, const std::string& path) {
    const auto again = parse_datastore_uri(written);
    require(again && again->datastore == place->datastore && again->path == path,
            "a place means the same", written);
  };
  check("azureml://datastores/" + place->datastore + "/paths/" + place->path, place->path);
  check("azureml://subscriptions/s/resourcegroups/g/workspaces/w/datastores/" + place->datastore +
            "/paths/" + place->path,
        place->path);
}

}  // namespace

}  // namespace mlpipe::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  const auto text = text_of(data, size);
  check_file_name(text);
  (void)url_host(text);
  if (is_http_url(text)) check_url(text);
  check_secrets(text);
  check_asset(text);
  check_run_output(text);
  check_datastore(text);
  return 0;
}
