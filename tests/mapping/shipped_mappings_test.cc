// Every mapping that is shipped, on records as its CRM sends them.
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "engine/settings/mapping_file.h"
#include "gtest/gtest.h"
#include "tests/mapping/decode.h"

namespace takt {
namespace {

struct Case {
  std::string name;
  std::string mapping;
  Sample sample;
  std::string expected;
};

constexpr char kExportHeader[] =
    "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value";

Sample Row(const std::string& row) { return {row, "", {{"csv-header", kExportHeader}}}; }

std::vector<Case> SalesforceCases() {
  return {
      {"salesforce_update",
       "salesforce-cdc",
       {R"({"ChangeEventHeader":{"entityName":"Opportunity","recordIds":["006A","006B"],)"
        R"("changeType":"UPDATE","transactionKey":"t1","sequenceNumber":2,"commitNumber":65824,)"
        R"("commitTimestamp":1767261600123,"commitUser":"005X","changedFields":["StageName"]},)"
        R"("StageName":"Closed Won","Probability":100,"Amount":1200.50,"CloseDate":"2026-01-01"})"},
       "patch deal 006A 2026-01-01T10:00:00.123Z order=65824.2 event=t1+2 stage='Closed Won' "
       "amount=1200.50 probability=100% close_date=2025-12-31T23:00:00Z\n"
       "patch deal 006B 2026-01-01T10:00:00.123Z order=65824.2 event=t1+2 place=64 "
       "stage='Closed Won' amount=1200.50 probability=100% close_date=2025-12-31T23:00:00Z"},
      {"salesforce_cleared_field",
       "salesforce-cdc",
       {R"({"ChangeEventHeader":{"entityName":"Lead","recordIds":["00Q"],"changeType":"CREATE",)"
        R"("commitTimestamp":1767261600000},"LeadSource":null,"Status":"MQL"})"},
       "record lead 00Q 2026-01-01T10:00:00Z status='MQL' lead_source=null"},
      {"salesforce_delete",
       "salesforce-cdc",
       {R"({"ChangeEventHeader":{"entityName":"Opportunity","recordIds":["006A"],)"
        R"("changeType":"DELETE","commitTimestamp":1767261600000}})"},
       "delete deal 006A 2026-01-01T10:00:00Z"},
      {"salesforce_gap",
       "salesforce-cdc",
       {R"({"ChangeEventHeader":{"entityName":"Opportunity","recordIds":["006A"],)"
        R"("changeType":"GAP_UPDATE","commitTimestamp":1767261600000}})"},
       "unmapped: operation: GAP_UPDATE"},
      {"salesforce_overflow",
       "salesforce-cdc",
       {R"({"ChangeEventHeader":{"entityName":"Opportunity","recordIds":[],)"
        R"("changeType":"GAP_OVERFLOW","commitTimestamp":1767261600000}})"},
       "missing_id: nothing in ChangeEventHeader.recordIds"},
      {"salesforce_other_object",
       "salesforce-cdc",
       {R"({"ChangeEventHeader":{"entityName":"Case","recordIds":["500"]}})"},
       "filtered"},
  };
}

std::vector<Case> HubspotCases() {
  return {
      {"hubspot_array",
       "hubspot",
       {R"([{"eventId":100,"subscriptionId":12,"occurredAt":1767261600000,"attemptNumber":0,)"
        R"("subscriptionType":"deal.propertyChange","objectId":4711,"propertyName":"dealstage",)"
        R"("propertyValue":"closedwon"},)"
        R"({"eventId":101,"subscriptionId":12,"occurredAt":1767261601000,"attemptNumber":3,)"
        R"("subscriptionType":"deal.propertyChange","objectId":4711,"propertyName":"amount",)"
        R"("propertyValue":""},)"
        R"({"eventId":102,"subscriptionId":12,"occurredAt":1767261602000,)"
        R"("subscriptionType":"deal.propertyChange","objectId":4711,"propertyName":"hs_object_id",)"
        R"("propertyValue":"4711"},)"
        R"({"eventId":103,"subscriptionId":13,"occurredAt":1767261603000,)"
        R"("subscriptionType":"company.creation","objectId":9}])"},
       "patch deal 4711 2026-01-01T10:00:00Z event=100+12 stage='closedwon'\n"
       "patch deal 4711 2026-01-01T10:00:01Z event=101+12 amount=null"},
      {"hubspot_one_event",
       "hubspot",
       {R"({"eventId":1,"subscriptionId":2,"occurredAt":1767261600000,"objectId":5,)"
        R"("subscriptionType":"deal.propertyChange","propertyName":"closedate",)"
        R"("propertyValue":"1767225600000"})"},
       "patch deal 5 2026-01-01T10:00:00Z event=1+2 close_date=2026-01-01T00:00:00Z"},
      {"hubspot_created_and_deleted",
       "hubspot",
       {R"([{"eventId":1,"subscriptionId":2,"occurredAt":1767261600000,"objectId":5,)"
        R"("subscriptionType":"deal.creation"},{"eventId":2,"subscriptionId":2,)"
        R"("occurredAt":1767261700000,"objectId":5,"subscriptionType":"deal.deletion"}])"},
       "record deal 5 2026-01-01T10:00:00Z event=1+2\n"
       "delete deal 5 2026-01-01T10:01:40Z event=2+2"},
      {"hubspot_merge",
       "hubspot",
       {R"([{"eventId":1,"subscriptionId":2,"occurredAt":1767261600000,"primaryObjectId":5,)"
        R"("mergedObjectIds":[6,7],"subscriptionType":"deal.merge"}])"},
       "patch deal 6 2026-01-01T10:00:00Z event=1+2 merged_into=5\n"
       "patch deal 7 2026-01-01T10:00:00Z event=1+2 place=64 merged_into=5"},
  };
}

std::vector<Case> PipedriveAndDebeziumCases() {
  return {
      {"pipedrive_change",
       "pipedrive",
       {R"({"meta":{"action":"change","entity":"deal","entity_id":123,"id":"u-1",)"
        R"("timestamp":"2026-01-01T10:00:00Z","attempt":2},"data":{"id":123,"status":"open",)"
        R"("stage_id":2,"pipeline_id":1,"value":5000,"currency":"EUR","owner_id":7},)"
        R"("previous":{"stage_id":1}})"},
       "patch deal 123 2026-01-01T10:00:00Z event=u-1 stage=2 pipeline=1 amount=5000 "
       "currency='EUR' owner=7"},
      {"pipedrive_won_with_time_in_seconds",
       "pipedrive",
       {R"({"meta":{"action":"change","entity":"deal","entity_id":123,"id":9,)"
        R"("timestamp":1767261600},"data":{"status":"won","stage_id":2}})"},
       "patch deal 123 2026-01-01T10:00:00Z event=9 stage='won'"},
      {"pipedrive_delete",
       "pipedrive",
       {R"({"meta":{"action":"delete","entity":"deal","entity_id":123,"id":"x",)"
        R"("timestamp":1767261600},"data":null,"previous":{"id":123}})"},
       "delete deal 123 2026-01-01T10:00:00Z event=x"},
      {"debezium_update",
       "debezium",
       {R"({"payload":{"op":"u","source":{"table":"deals","ts_ms":1767261600000,"lsn":901},)"
        R"("before":{"id":1,"stage":"proposal"},"after":{"id":1,"stage":"won","amount":"5000.00"},)"
        R"("ts_ms":1767261600250}})"},
       "patch deal 1 2026-01-01T10:00:00Z order=901.0 stage='won' amount='5000.00'"},
      {"debezium_without_envelope",
       "debezium",
       {R"({"op":"c","source":{"table":"deals","ts_ms":1767261600000,"lsn":900},"before":null,)"
        R"("after":{"id":1,"stage":"proposal","owner":null}})"},
       "record deal 1 2026-01-01T10:00:00Z order=900.0 stage='proposal' owner=null"},
      {"debezium_delete",
       "debezium",
       {R"({"payload":{"op":"d","source":{"table":"deals","ts_ms":1767261600000,"lsn":902},)"
        R"("before":null,"after":null}})",
        R"({"payload":{"id":1}})"},
       "delete deal 1 2026-01-01T10:00:00Z order=902.0"},
  };
}

std::vector<Case> CloudAndExportCases() {
  return {
      {"cloudevents_structured",
       "cloudevents",
       {R"({"specversion":"1.0","type":"com.example.deal.stage_changed","source":"/crm/eu",)"
        R"("id":"e-1","time":"2026-01-01T10:00:00Z","datacontenttype":"application/json",)"
        R"("data":{"dealId":"D1","stage":"won","amount":"5000.00","currency":"EUR"}})"},
       "patch deal D1 2026-01-01T10:00:00Z event=/crm/eu+e-1 stage='won' amount='5000.00' "
       "currency='EUR'"},
      {"cloudevents_binary",
       "cloudevents",
       {R"({"dealId":"D1","stage":"new"})",
        "",
        {{"ce_specversion", "1.0"},
         {"ce_type", "com.example.deal.created"},
         {"ce_source", "/crm"},
         {"ce_id", "e-2"}},
        1767261600000000},
       "record deal D1 2026-01-01T10:00:00Z event=/crm+e-2 stage='new'"},
      {"segment_won",
       "segment",
       {R"({"type":"track","event":"Deal Won","messageId":"m-1","userId":"u7",)"
        R"("context":{"groupId":"acct_123"},"properties":{"deal_id":"D1","amount":5000,)"
        R"("currency":"EUR"},"timestamp":"2026-01-01T10:00:00.000Z"})"},
       "patch deal D1 2026-01-01T10:00:00Z event=m-1 stage='won' amount=5000 currency='EUR' "
       "owner='u7' account='acct_123'"},
      {"export_won", "crm-export",
       Row("1C1I7A6R,Moses Frase,GTX Plus Basic,Cancity,Won,2016-10-20,2017-03-01,1054"),
       "record deal 1C1I7A6R 2016-10-19T22:00:00Z order=0.1 place=1 stage='Engaging' "
       "owner='Moses Frase' product='GTX Plus Basic' account='Cancity'\n"
       "patch deal 1C1I7A6R 2017-02-28T23:00:00Z order=0.2 place=2 stage='Won' amount='1054' "
       "owner='Moses Frase' product='GTX Plus Basic' account='Cancity'"},
      {"export_engaging", "crm-export", Row("Z1,Anna,GTX,,Engaging,2017-05-02,,"),
       "record deal Z1 2017-05-01T22:00:00Z stage='Engaging' owner='Anna' product='GTX'"},
      {"export_prospecting", "crm-export", Row("Z2,Anna,GTX,,Prospecting,,,"),
       "record deal Z2 2017-12-31T23:00:00Z stage='Prospecting' owner='Anna' product='GTX'"},
  };
}

std::vector<Case> AllCases() {
  std::vector<Case> all = SalesforceCases();
  for (const std::vector<Case>& more :
       {HubspotCases(), PipedriveAndDebeziumCases(), CloudAndExportCases()}) {
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

class ShippedMappingTest : public testing::TestWithParam<Case> {};

TEST_P(ShippedMappingTest, MakesTheChanges) {
  EXPECT_EQ(DecodedByFile(GetParam().mapping, GetParam().sample), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(All, ShippedMappingTest, testing::ValuesIn(AllCases()),
                         [](const auto& info) { return info.param.name; });

TEST(ShippedMappings, EachIsWithoutMistakeAndHasASample) {
  std::set<std::string> sampled;
  for (const Case& c : AllCases()) sampled.insert(c.mapping);
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator("config/mappings")) {
    ++files;
    for (const Problem& problem : LoadMappingFile(entry.path().string()).problems) {
      ADD_FAILURE() << ProblemText(problem);
    }
    EXPECT_EQ(sampled.count(entry.path().stem().string()), 1u) << entry.path();
  }
  EXPECT_GE(files, 7);
}

// A batch that is sent again in other pieces says the same events: the identities must be the same.
TEST(ShippedMappings, HubspotIdentitiesDoNotDependOnTheBatch) {
  const std::string a =
      R"({"eventId":1,"subscriptionId":2,"occurredAt":1767261600000,"objectId":5,)"
      R"("subscriptionType":"deal.creation"})";
  const std::string b =
      R"({"eventId":2,"subscriptionId":2,"occurredAt":1767261600000,"objectId":6,)"
      R"("subscriptionType":"deal.creation"})";
  const std::string together = DecodedByFile("hubspot", {"[" + a + "," + b + "]"});
  const std::string apart =
      DecodedByFile("hubspot", {"[" + a + "]"}) + "\n" + DecodedByFile("hubspot", {"[" + b + "]"});
  EXPECT_EQ(together, apart);
}

}  // namespace
}  // namespace takt
